package policy

import (
	"bytes"
	"encoding/base64"
	"strings"
)

// boolValue is a value of Bool.
type boolValue bool

func (v boolValue) compare(value string, _ *Context) verdict {
	b, ok := parseBool(value)
	if !ok {
		return unknown
	}
	return verdictOf(b == bool(v))
}

// parseBool reads true or false in any case.
func parseBool(text string) (value, ok bool) {
	value = strings.EqualFold(text, "true")
	return value, value || strings.EqualFold(text, "false")
}

// binaryValue is a value of BinaryEquals: bytes, written in base64 on both sides.
type binaryValue []byte

func (v binaryValue) compare(value string, _ *Context) verdict {
	b, err := base64.StdEncoding.DecodeString(value)
	if err != nil {
		return unknown
	}
	return verdictOf(bytes.Equal(b, v))
}
