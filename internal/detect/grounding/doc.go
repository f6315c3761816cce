// Package grounding scores how far a response is supported by a source and how far it answers a query.
//
// Source, queries and response go through the shared trunk, each alone. The family's tower then reads the response's rows, behind those of
// the query, against the rows of up to three windows of the source: windows see themselves, a response sees itself and them. Marks go with
// the rows: whether a word, its stem or a number stands in the source and in the query, which rows that were read apart do not show. Every
// sentence of the response gets a logit from its own rows; it counts by the windows that support it best, and the response by its worst
// sentence. Relevance is read without a source, each window of a response against the query, and the best window counts.
//
// Scores are the same bits on every run, for every number of workers and whatever else runs.
package grounding
