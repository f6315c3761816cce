package kms

import (
	"time"

	"merlon.dev/merlon/internal/fault"
)

// demand is what an operation asks of a key's state.
type demand int

// The demands, after the table "Key states of AWS KMS keys" of the developer guide.
const (
	toUse        demand = iota // Encrypt, Sign, CreateGrant, rotation and the like: Enabled
	toSwitch                   // EnableKey, DisableKey: Enabled or Disabled
	toAdminister               // policy, tags, description, alias, import, schedule deletion: not PendingDeletion
	toCancel                   // CancelKeyDeletion: PendingDeletion
)

// must gives the refusal of an operation in the key's state, or nil.
func (h *held) must(d demand, now time.Time) error {
	state := h.state(now)
	if d == toCancel {
		if state == PendingDeletion {
			return nil
		}
		return refuse(fault.Conflict, InvalidState, "%s is not pending deletion.", h.arn)
	}
	switch state {
	case Enabled:
		return nil
	case Disabled:
		if d == toUse {
			return refuse(fault.Conflict, IsDisabled, "%s is disabled.", h.arn)
		}
		return nil
	case PendingDeletion:
		return refuse(fault.Conflict, InvalidState, "%s is pending deletion.", h.arn)
	case PendingImport:
		if d == toAdminister {
			return nil
		}
		return refuse(fault.Conflict, InvalidState, "%s is pending import.", h.arn)
	default:
		return refuse(fault.Conflict, InvalidState, "%s is in no state to do this.", h.arn)
	}
}

// mine refuses to change the keys that belong to services.
func (h *held) mine() error {
	if h.Manager == ByService {
		return fault.New(fault.Denied, "%s is managed by a service: it cannot be changed.", h.arn)
	}
	return nil
}
