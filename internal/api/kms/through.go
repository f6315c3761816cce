package kms

import (
	"merlon.dev/merlon/internal/kms"
	"merlon.dev/merlon/internal/operation"
)

// Through gives what a caller needs for actions with a key that a service, "bedrock" for instance, does on the caller's behalf.
func Through(keys *kms.Service, name string) func(call *operation.Call, key string, actions ...string) []operation.Requirement {
	s := service{keys: keys}
	return func(call *operation.Call, key string, actions ...string) []operation.Requirement {
		var needed []operation.Requirement
		for _, action := range actions {
			r := s.onKey(call, action, &key, conditions{"kms:ViaService": {name + "." + call.Region + ".amazonaws.com"}})
			r.Absent = nil // services say that access was denied, whether or not the key is there
			needed = append(needed, r)
		}
		return needed
	}
}
