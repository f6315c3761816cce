// Package trail decides which audit records each trail is to receive.
//
// A trail belongs to an account and a home Region; one of all Regions is seen as a shadow in the others. It selects by basic or by
// advanced event selectors, never both. The journal of package audit holds every record whatever trails say: selectors decide what is
// delivered to a trail's bucket. Buckets are not served yet, so that nothing is delivered and the status of a trail says so.
package trail
