export const questionsPerEventMax = 20;
export const questionLengthMax = 200;
export const choicesMin = 2;
export const choicesMax = 20;
export const choiceLengthMax = 100;
export const answerLengthMax = 500;
