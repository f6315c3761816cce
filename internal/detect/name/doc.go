// Package name finds the personal data that has no format, such as names and addresses, by a model that labels every token.
//
// A tower on the shared trunk gives each token of a document's Clean view the logits of eleven classes: outside, and begin and inside of
// each label. Windows that overlap are joined in the middle of what they share, the likeliest sequence in which every inside follows its
// own kind is read off, and each run of a label is a sighting, trimmed of the marks that a piece of the vocabulary may take along.
// Package pii settles the sightings with what its patterns find.
package name
