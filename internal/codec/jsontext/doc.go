// Package jsontext reads and writes shapes as JSON text; restjson, and later awsjson, put it into requests and answers.
//
// The reader is stricter than encoding/json, because a server that decides about text must not read a request differently from
// the one who logs, signs or filters it: it refuses duplicate names, invalid UTF-8, lone surrogates, text after the value, and
// more than 100 levels. Names are compared as they are, case included.
package jsontext
