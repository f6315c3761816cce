// Package journal keeps audit records: an append-only log of chained records that is on disk before anybody relies on it.
//
// # Files
//
//	DIR/segment-00000000000000000001.jsonl   records from sequence 1 on; one JSON object a line
//	DIR/head.json                            signed: the last sequence that is certainly there, once a second
//	DIR/digest/digest-20260102T030000Z.json  signed: the segments that were closed in an hour, see package digest
//	DIR/torn-00000000000000000042-N.bin      what a crash left behind the last whole record, here 41
//
// A line is
//
//	{"sequence":42,"length":512,"record":{...},"chain":"<64 hex digits>"}
//
// with the record in exactly length bytes, and
//
//	chain(42) = SHA-256( chain(41) | sequence, 8 bytes | length, 8 bytes | SHA-256(record) )
//
// from 32 zero bytes before the first record, across all segments. A segment is closed when it is full or the hour ends.
//
// # Writing
//
// Callers gather in a batch; one of them, whoever gets the token, writes the whole batch with one write while the next one gathers:
//
//	caller --\
//	caller ---> batch --> write ----> answer Written      (survives the process)
//	caller --/              \--> fsync --> answer Durable  (survives the machine); shared by all who wait for it
//
// What was only Written is on disk at the latest SyncEvery later. Space for the records of calls in flight is reserved ahead of the end
// of the file, so that a full disk is known before a call acts (Ready), not after.
//
// # Failing
//
// A write that fails is undone and fails its batch; later ones try again. After a sync that failed, or an undo that did, nobody knows
// what is on disk: the journal refuses everything until it is opened again.
//
// # Opening
//
// A kill may leave part of a record at the end. It is cut off and kept in a torn file. A whole record is never cut off: where one that
// the signed head covers is not as it was, or is gone, opening fails and says where.
package journal
