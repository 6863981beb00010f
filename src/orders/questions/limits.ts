export const questionsPerEventMax = 20;
export const questionLengthMax = 200;
export const choicesMin = 2;
export const choicesMax = 20;
export const choiceLengthMax = 100;
export const answerLengthMax = 500;
/** Where a question may stand in the order of an event's questions. */
export const positionMax = 10_000;
