import '../desk.ts';

/** Sets the two focus sliders by a click on the picture, and marks the focus on it. */
const frame = document.querySelector<HTMLElement>('#focus');
const point = document.querySelector<HTMLElement>('#focus-point');
const across = document.querySelector<HTMLInputElement>('input[name="focus.x"]');
const down = document.querySelector<HTMLInputElement>('input[name="focus.y"]');

if (frame !== null && point !== null && across !== null && down !== null) {
  const show = () => {
    point.style.left = `${across.value}%`;
    point.style.top = `${down.value}%`;
    point.hidden = false;
  };
  const percent = (at: number, side: number) => String(Math.round((at / side) * 100));
  frame.addEventListener('click', (event) => {
    const { left, top, width, height } = frame.getBoundingClientRect();
    across.value = percent(event.clientX - left, width);
    down.value = percent(event.clientY - top, height);
    show();
  });
  for (const slider of [across, down]) slider.addEventListener('input', show);
  show();
}
