// Package trunk reads texts once for all detectors that a model drives: the lower layers of one encoder, on which each family of
// detectors builds a tower of its own layers and heads.
//
// A document is read as its Clean view, as the Folded and Joined views where those say something else, and as each of its Decoded
// views. A view's tokens go in windows of at most MaxTokens that overlap, so that nothing is cut. Read keeps the rows with the document;
// Tower.Run takes them on through a family's layers. What comes out depends on the text alone: it is the same bits for every batch, every
// number of workers and whatever else runs.
package trunk
