// Package grounding scores how far a response is supported by a source and how far it answers a query.
//
// For grounding, a part of the source and some sentences of the response, behind the query, go through the shared trunk and the family's tower as
// one sequence, so that a word meets its like in every layer. Of a source too long for that, the parts are read that share most words with
// the sentences. Every sentence gets a logit from its own rows and from counts of its words that the source or the query has; it counts by the part
// that supports it best, and the response by its worst sentence. Relevance is read without a source, query and response apart, and the best
// window of the response counts.
//
// Scores are the same bits on every run, for every number of workers and whatever else runs.
package grounding
