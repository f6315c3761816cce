// Package guardmodel reads texts with the guard model: one encoder pass scores a text for every category of harmful content and of
// prompt attacks.
//
// A document is read as its Clean view, as the Folded and Joined views where those say something else, and as each of its Decoded
// views. A view's tokens go in windows of at most MaxTokens that overlap, so that nothing is cut; a window's rows are averaged, each head
// is one linear layer over the mean, and the calibration turns a logit into the probability that the label is right.
//
// What a reading says depends on the text alone: it is the same bits for every batch, every number of workers and whatever else runs.
package guardmodel
