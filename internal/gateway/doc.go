// Package gateway is the HTTP front: it takes every request through the same phases, whatever operation it calls.
//
//	limit -> route -> identify -> read -> action -> verify -> throttle -> decode -> check -> authorise -> audit -> handle -> encode -> stream
//	                                                                                                       |
//	                     answer or failure -> audit outcome -> send -> metrics and one log record  <-------+
//
// A phase that fails ends the request: the phases after it do not run, and its fault is rendered once, by describe. A handler runs only
// behind all phases before it and cannot leave one out. Each phase is one file, or one function of a file, named after it.
//
// What comes before what, where AWS leaves a choice or the order is felt by a caller:
//
//   - Without a signature nothing is routed: every unsigned request is MissingAuthenticationTokenException, so that nobody can probe
//     which operations exist. The exception is operations that are Unsigned (sts:AssumeRoleWithWebIdentity): such a call goes
//     through all phases with a caller whose account and principal are empty.
//   - With one, the operation is looked for before the signature is proven, as AWS's front does: an unknown path or operation is
//     UnknownOperationException (404, or 400 of a JSON service; InvalidAction, 400, of a query service) whatever the signature is worth.
//   - The query protocols name the operation in the body, so that there the body is read first, within the largest limit that any of the
//     service's operations has.
//   - The access key is looked up before the body is read: a stranger's body never takes memory. Size limits come before the
//     signature, which covers the body.
//   - The signature comes before the content: a bad signature over a malformed body is a signature error.
//   - Rates come before decoding, constraints before authorisation (as observed at AWS), authorisation before the handler.
//   - The audit record of a call is begun before the handler and finished before the answer leaves; where either fails the
//     call fails. Denied and refused calls of a known caller are recorded as well.
//
// The stream phase sends the events of an answer that is an event stream; other answers pass through it. The head leaves with the first
// event, so that whatever fails before it is answered as usual; a later failure ends the stream with an exception. The outcome of a
// stream is recorded when it has ended.
//
// Every answer carries x-amzn-RequestId and Date.
package gateway
