package authorize

import (
	"context"
	"log/slog"
	"strings"
	"sync"
	"time"

	"merlon.dev/merlon/internal/iam"
	"merlon.dev/merlon/internal/operation"
	"merlon.dev/merlon/internal/policy"
)

// useEvery is how often the use of one credential is written down at most.
const useEvery = 15 * time.Minute

// maxUses bounds how many credentials are remembered.
const maxUses = 10_000

// uses notes when credentials were last used, seldom enough to cost nothing.
type uses struct {
	store iam.Store
	log   *slog.Logger

	mu    sync.Mutex
	noted map[string]time.Time // by id of the key or role
}

func newUses(store iam.Store, log *slog.Logger) *uses {
	return &uses{store: store, log: log, noted: map[string]time.Time{}}
}

// note writes down a proven use. A call does not fail because that cannot be written.
func (u *uses) note(ctx context.Context, call *operation.Call, requirements []operation.Requirement) {
	id := call.AccessKeyID
	if call.Kind == policy.RoleSession {
		id = call.PrincipalID
	}
	if id == "" || call.Session != nil && call.Kind != policy.RoleSession || !u.due(id, call.Time) {
		return
	}
	service := ""
	if len(requirements) > 0 {
		service, _, _ = strings.Cut(requirements[0].Action, ":")
	}
	var err error
	if call.Kind == policy.RoleSession {
		err = u.store.TouchRole(ctx, id, call.Time, call.Region)
	} else {
		err = u.store.TouchKey(ctx, id, call.Time, call.Region, service)
	}
	if err != nil {
		u.log.LogAttrs(ctx, slog.LevelWarn, "the use of a credential was not noted", slog.Any("error", err))
	}
}

// due reports whether the last note of id is old, and takes the present for it.
func (u *uses) due(id string, now time.Time) bool {
	u.mu.Lock()
	defer u.mu.Unlock()
	if now.Sub(u.noted[id]) < useEvery {
		return false
	}
	if len(u.noted) >= maxUses {
		clear(u.noted)
	}
	u.noted[id] = now
	return true
}
