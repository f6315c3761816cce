// Package pair reads two texts together: a source, and a response that it should support.
//
// A part of the first text and some sentences of the second go through the shared trunk and a tower as one sequence, so that a word meets its
// like in every layer (docs/adr/0006-source-and-response-read-together.md). Each sentence's own rows, and counts of its words that the first
// text has, go to the head of the family that asked. Words, their marks and sentences are the recipe's (train/grounding/words.py).
package pair
