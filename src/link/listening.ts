/**
 * Behind each packet of its own a meter is within reach for so long: the questions of a local manager come in this
 * time, and so do answers. The rest of the day a battery meter's host keeps the receiver off.
 */
export const listenSeconds = 4;
