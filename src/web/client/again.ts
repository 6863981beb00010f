/**
 * Loads a page again that was refused for now, after the time that the refusal names. The address stays as it is: a browser's own way
 * (Refresh) does nothing where the address has a part after its #, and links of orders have their secret there.
 */
const seconds = Number(document.querySelector('meta[name="again"]')?.getAttribute('content'));
setTimeout(() => location.reload(), seconds * 1000);
