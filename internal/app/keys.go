package app

import (
	"context"
	"log/slog"
	"time"

	"merlon.dev/merlon/internal/envelope"
	"merlon.dev/merlon/internal/kms"
)

// sweepEvery is how often keys are looked through for what is due. Deletion and expiry take effect in time without it, and rotations are
// a matter of days.
const sweepEvery = time.Minute

// keeping is the KMS domain and what does its housekeeping.
type keeping struct {
	*kms.Service
	stop  context.CancelFunc
	ended chan struct{} // closed when nothing is swept any more
}

// openKeys makes the KMS domain and begins to sweep.
func openKeys(ctx context.Context, store kms.Store, sealer envelope.Sealer, log *slog.Logger) (*keeping, error) {
	service, err := kms.NewService(kms.Options{Store: store, Sealer: sealer, Now: time.Now, Limits: kms.DefaultLimits()})
	if err != nil {
		return nil, err
	}
	sweeping, stop := context.WithCancel(context.WithoutCancel(ctx))
	k := &keeping{service, stop, make(chan struct{})}
	go func() {
		defer close(k.ended)
		k.sweep(sweeping, log)
	}()
	return k, nil
}

func (k *keeping) sweep(ctx context.Context, log *slog.Logger) {
	tick := time.NewTicker(sweepEvery)
	defer tick.Stop()
	for {
		if err := k.Sweep(ctx); err != nil && ctx.Err() == nil {
			log.Error("keys that are due were not all looked after", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// Close ends the sweeping; the store must still be open.
func (k *keeping) Close() {
	k.stop()
	<-k.ended
}
