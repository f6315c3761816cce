// Package codectest helps tests of wire protocols: shapes made from a model at run time, the AWS protocol vectors, and bad requests.
package codectest
