package invocation

import (
	"context"

	"merlon.dev/merlon/internal/envelope"
)

// page is how many records are in memory at one time.
const page = 100

// Records are the sealed records of a store.
type Records struct{ Store Store }

var _ envelope.Holder = Records{}

// Rewrap implements envelope.Holder.
func (r Records) Rewrap(ctx context.Context, k *envelope.Keyring) (changed int, err error) {
	for after := int64(0); ; {
		rows, err := r.Store.Rows(ctx, after, page)
		if err != nil || len(rows) == 0 {
			return changed, err
		}
		var renewed []Row
		for _, row := range rows {
			after = row.Seq
			body, fresh, err := k.Rewrap(ctx, row.Body, row.context())
			if err != nil {
				return changed, err
			}
			if !fresh {
				row.Body = body
				renewed = append(renewed, row)
			}
		}
		if len(renewed) > 0 {
			if err := r.Store.Replace(ctx, renewed); err != nil {
				return changed, err
			}
		}
		changed += len(renewed)
	}
}
