// Package pii finds personal data and secrets in text: the 31 entity types of Amazon Bedrock Guardrails.
//
// # One scan, many entities
//
// A block of text is read once. The scan splits it into tokens (runs of letters and digits), remembers which of them hold
// digits, where '@', "://", "www." and hexadecimal colons stand, where sentences and lines begin, and which context words
// ("routing number", "비밀번호") and tables with named columns it holds:
//
//	doc.Clean() -> scan{tokens, numbers, ats, colons, schemes, breaks, keys, sheets} -> each entity -> merge -> original spans
//
// An entity is one file and one line in the list of [entities]: it looks at the scan's candidates, never at the whole text
// again, and adds findings. Every pass is linear in the text: each look around a candidate is bounded by a constant.
//
// # Which finding wins
//
// All entities always run, also those that the configuration did not ask for, because a card number is no phone number even
// where nobody looks for cards. [merge] states the rule; merge_test.go holds it:
//
//  1. A finding of a type that was not asked for removes the findings it overlaps whose type ranks below its own (the order
//     of ranks), unless it is only a part of them, and is then dropped itself.
//  2. Of the findings that are left and overlap, the leftmost wins; of those that start together, the longest; of those that
//     are equal, the one whose type ranks higher.
//
// Names, addresses, user names, passwords and ages have no format. Where a [Reader] is given and one of them is asked for, its
// sightings join the findings before they are merged: [scan.settle] keeps one of a sighting and a finding of these types that overlap.
//
// Spans are exact: the value without its label, quotes or brackets, mapped back to the caller's bytes, so that a character
// that cannot be seen neither hides an identifier nor survives its masking.
package pii
