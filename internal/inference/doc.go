// Package inference calls models behind guardrails.
//
//	            +-- blocked: the message, no call of the model
//	            |
//	input ------+-- masked: the masked input --+
//	            |                              |
//	            +-- passed --------------------+--> model --> output --+-- blocked: the message
//	                                                                   +-- masked: the masked answer
//	                                                                   +-- passed
//
// Every guardrail of a call judges the original texts: first the one that the caller asks for, then the one that the account enforces. What
// any of them blocks is blocked, what any of them masks is masked. The message of the first that blocks is answered.
//
// A stream in sync mode gives out a text once it was judged together with the text around it (see hold.go). At its end the whole answer
// is judged once more, so that the verdict and the report are those of the same answer without a stream.
//
// An evaluation that fails fails the call: what could not be judged is neither sent to a model nor answered.
package inference
