// Package grounding scores how far a response is supported by a source and how far it answers a query.
//
// For grounding, source and response are read together (package pair), behind the query. Every sentence gets a logit; it counts by the part of
// the source that supports it best, and the response by its worst sentence. Relevance is read without a source, query and response apart,
// and the best window of the response counts.
//
// Scores are the same bits on every run, for every number of workers and whatever else runs.
package grounding
