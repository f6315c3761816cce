// Package audit records every call in CloudTrail's record format, on disk before the call is answered.
//
//	gateway --> Recorder --> journal (chained segments) --> digest (signed, hourly)
//	                             |
//	                             +--> lookup (index, made from the segments) --> LookupEvents
//	                             +--> verify (offline, with the public key)
//
// # What is recorded
//
// Every call whose caller has proven who they are, whatever became of it: done, refused, denied, malformed, given up by its client. A
// request that nobody signed, or that somebody signed wrongly, is no call of anybody, as at CloudTrail; it is in the server's log.
//
// The journal holds management events and data events alike, of every account, whether or not a trail selects them: it is the server's
// own evidence. Trails and their selectors decide what is delivered to a trail's bucket, LookupEvents shows management events alone.
//
// # How durable
//
// A call that may change something is answered when its record is on disk. A call that only reads is answered when its record is in the
// file, which survives the end of the process, and is on disk within a second. Where a record cannot be written the call fails, and a
// changing call is refused beforehand where the room for its record cannot be had.
//
// # What is not in a record
//
// Content: requestParameters and responseElements are null. Error messages are what the caller was told, with everything hidden that
// repeats the request. Keys, secrets and tokens have no place in Event at all; an access key id is no secret.
//
// A call on a resource of another account leaves a second record for that account, as CloudTrail does: it shares the sharedEventID and
// names the calling account and not its principal.
package audit
