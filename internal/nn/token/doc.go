// Package token turns text into the tokens of a model, each with its place in the text's bytes.
//
// A Tokenizer is read from a Hugging Face tokenizer.json (Load) or a BERT vocab.txt (LoadVocabulary). A text passes
// three stages, all in the scratch memory of the Encoding that takes the tokens:
//
//	text -> added tokens cut out -> normalised and cut into words -> pieces of each word
//	        (added)                 (bertWords; step, metaspace;      (wordPiece; unigram;
//	                                 step, splitter)                   bpe)
//
// Ids, offsets and words are those of the reference, the Python package tokenizers 0.13.3, whose tables are of Unicode
// 9 in part (unicode_gen.go). The one difference is wanted: where a Precompiled map removes the first characters of a
// text, the reference moves the offsets of all that follows to the left; here each token keeps its own place, since
// masking by shifted offsets would leave bytes in the open. A byte that is no UTF-8 reads as U+FFFD.
//
// Ids of BPE models are those of tokenizers 0.21.1, for characters that its tables of Unicode know; Text turns them into text again.
//
// Each stage takes time in proportion to its input, BPE in proportion to n*log(n) of a word. A used Encoding allocates nothing.
package token
