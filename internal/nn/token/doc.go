// Package token turns text into the tokens of a model, each with its place in the text's bytes.
//
// A Tokenizer is read from a Hugging Face tokenizer.json (Load) or a BERT vocab.txt (LoadVocabulary). A text passes
// three stages, all in the scratch memory of the Encoding that takes the tokens:
//
//	text -> added tokens cut out -> normalised and cut into words -> pieces of each word
//	        (added)                 (bertWords; or step, metaspace)   (wordPiece; unigram)
//
// Ids, offsets and words are those of the reference, the Python package tokenizers 0.13.3, whose tables are of Unicode
// 9 in part (unicode_gen.go). The one difference is wanted: where a Precompiled map removes the first characters of a
// text, the reference moves the offsets of all that follows to the left; here each token keeps its own place, since
// masking by shifted offsets would leave bytes in the open. A byte that is no UTF-8 reads as U+FFFD.
//
// Each stage takes time in proportion to its input. A used Encoding allocates nothing.
package token
