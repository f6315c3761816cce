// Package topic finds denied topics, each told by a name, a definition and a few sample phrases that no training has seen.
//
// A text goes once through the topic tower. Each window gives a unit vector for the whole of it and, where it has several, for each of
// its sentences, since a topic may be one sentence of a long text. The tower reads a topic's definition and samples too, the first time that
// the topic is looked for, and their vectors stay with the detector. A head compares each unit with each topic; the best unit counts. What
// all texts of a language have in common does not count where a topic is told in a language that the head was not fitted to.
//
// What it says depends on the text and the topic alone: it is the same bits for every batch and every number of workers.
package topic
