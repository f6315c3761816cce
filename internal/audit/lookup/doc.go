// Package lookup finds management events in the audit journal by their attributes.
//
// It keeps an index of the management events beside the journal, one file a closed segment and a list in memory for the open one:
//
//	DIR/segment-00000000000000000001.jsonl    the records
//	DIR/index/segment-00000000000000000001    88 bytes for each management event in it
//
// An entry holds hashes of the attributes, so that a search reads few records; those it reads are held against the query itself. The
// index proves nothing and can be deleted at any time: what is missing is made again from the segment.
package lookup
