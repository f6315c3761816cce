package app

import (
	"context"
	"log/slog"
	"time"

	"merlon.dev/merlon/internal/arn"
	"merlon.dev/merlon/internal/envelope"
	"merlon.dev/merlon/internal/fault"
	"merlon.dev/merlon/internal/guardrail"
	"merlon.dev/merlon/internal/kms"
	"merlon.dev/merlon/internal/kms/material"
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

// guardrailKeys keeps the configurations of guardrails under KMS keys, and those without one under the server's own.
type guardrailKeys struct {
	keys *kms.Service
	data *kms.DataKeys
	own  envelope.Sealer
}

var _ guardrail.Keys = guardrailKeys{}

func newGuardrailKeys(keys *kms.Service, own envelope.Sealer, cache time.Duration) (guardrailKeys, error) {
	data, err := kms.NewDataKeys(keys, cache)
	return guardrailKeys{keys, data, own}, err
}

// ResolveKey implements guardrail.Keys. Whether the caller may use the key was seen to by the authorise phase.
func (k guardrailKeys) ResolveKey(ctx context.Context, scope guardrail.Scope, key string) (string, error) {
	facts, err := k.keys.Facts(ctx, kms.Scope(scope), key)
	switch {
	case fault.Is(err, fault.NotFound), fault.Is(err, fault.Invalid):
		return "", fault.Wrap(err, fault.Invalid, "The kmsKeyId provided in the request does not name a KMS key that exists.")
	case err != nil:
		return "", err
	case facts.Spec != material.Symmetric || facts.Usage != material.EncryptDecrypt:
		return "", fault.New(fault.Invalid, "The kmsKeyId provided in the request does not name a symmetric encryption key.")
	case facts.State != kms.Enabled:
		return "", fault.New(fault.Invalid, "The kmsKeyId provided in the request names a KMS key that is in state %s.", facts.State)
	default:
		return facts.ARN(), nil
	}
}

// Usable implements guardrail.Keys. The domain answers from memory, so that what was disabled here is refused at once.
func (k guardrailKeys) Usable(ctx context.Context, keyARN string) error {
	named, err := arn.Parse(keyARN)
	if err != nil {
		return err
	}
	facts, err := k.keys.Facts(ctx, kms.Scope{Partition: named.Partition, Region: named.Region, Account: named.Account}, keyARN)
	if fault.Is(err, fault.NotFound) || err == nil && facts.State != kms.Enabled {
		return fault.New(fault.Denied, "The KMS key %s cannot be used: it does not exist or is not enabled.", keyARN)
	}
	return err
}

// Sealer implements guardrail.Keys.
func (k guardrailKeys) Sealer(keyARN string) envelope.Sealer {
	if keyARN == "" {
		return k.own
	}
	return k.data.Sealer(keyARN, kms.User{Principal: "bedrock.amazonaws.com"})
}
