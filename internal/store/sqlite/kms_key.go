package sqlite

import (
	"time"

	"merlon.dev/merlon/internal/kms"
	"merlon.dev/merlon/internal/kms/material"
	"merlon.dev/merlon/internal/store/sqlite/db"
)

func keyOf(r db.KmsKey) (kms.Key, error) {
	return kms.Key{
		Scope: kms.Scope{Partition: r.Partition, Region: r.Region, Account: r.Account}, ID: r.ID, Sequence: r.Seq,
		Description: r.Description, Spec: material.Spec(r.Spec), Usage: material.Usage(r.Usage), Origin: kms.Origin(r.Origin),
		Manager: kms.Manager(r.Manager), MultiRegion: r.MultiRegion != 0, State: kms.State(r.State), Policy: r.Policy,
		CreatedAt: restored(r.CreatedAt), DeletionAt: restoredOrUnset(r.DeletionAt), Window: int(r.WindowDays), Rotates: r.Rotates != 0,
		Period: int(r.PeriodDays), NextRotation: restoredOrUnset(r.NextRotation), OnDemand: int(r.OnDemand), DueAt: restoredOrUnset(r.DueAt),
	}, nil
}

func (t *kmsTx) Key(region, id string) (kms.Key, error) {
	r, err := t.queries.GetKMSKey(t.ctx, db.GetKMSKeyParams{Region: region, ID: id})
	if err != nil {
		return kms.Key{}, kmsFailed("read key", err)
	}
	return keyOf(r)
}

func (t *kmsTx) Keys(scope kms.Scope, after int64, limit int) ([]kms.Key, error) {
	rows, err := t.queries.ListKMSKeys(t.ctx, db.ListKMSKeysParams{Account: scope.Account, Region: scope.Region, Seq: after, Limit: int64(limit)})
	return listed("list keys", rows, err, keyOf)
}

func (t *kmsTx) DueKeys(now time.Time, limit int) ([]kms.Key, error) {
	rows, err := t.queries.DueKMSKeys(t.ctx, db.DueKMSKeysParams{Now: stored(now), Most: int64(limit)})
	return listed("list due keys", rows, err, keyOf)
}

func (t *kmsTx) CountKeys(scope kms.Scope) (int, error) {
	n, err := t.queries.CountKMSKeys(t.ctx, db.CountKMSKeysParams{Account: scope.Account, Region: scope.Region})
	return int(n), kmsFailed("count keys", err)
}

func (t *kmsTx) InsertKey(k kms.Key) error {
	return t.write("insert key", func() error {
		return t.queries.InsertKMSKey(t.ctx, db.InsertKMSKeyParams{
			Partition: k.Partition, Region: k.Region, Account: k.Account, ID: k.ID, Description: k.Description, Spec: string(k.Spec),
			Usage: string(k.Usage), Origin: string(k.Origin), Manager: string(k.Manager), MultiRegion: flag(k.MultiRegion), State: string(k.State),
			Policy: k.Policy, CreatedAt: stored(k.CreatedAt), DeletionAt: storedOrUnset(k.DeletionAt), WindowDays: int64(k.Window),
			Rotates: flag(k.Rotates), PeriodDays: int64(k.Period), NextRotation: storedOrUnset(k.NextRotation), OnDemand: int64(k.OnDemand),
			DueAt: storedOrUnset(k.DueAt),
		})
	})
}

func (t *kmsTx) ReplaceKey(k kms.Key) error {
	return t.change("replace key", func() (int64, error) {
		return t.queries.ReplaceKMSKey(t.ctx, db.ReplaceKMSKeyParams{
			Description: k.Description, State: string(k.State), Policy: k.Policy, DeletionAt: storedOrUnset(k.DeletionAt),
			WindowDays: int64(k.Window), Rotates: flag(k.Rotates), PeriodDays: int64(k.Period), NextRotation: storedOrUnset(k.NextRotation),
			OnDemand: int64(k.OnDemand), DueAt: storedOrUnset(k.DueAt), Region: k.Region, ID: k.ID,
		})
	})
}

// DeleteKey leaves what hangs on the key to the foreign keys.
func (t *kmsTx) DeleteKey(region, id string) error {
	return t.change("delete key", func() (int64, error) {
		return t.queries.DeleteKMSKey(t.ctx, db.DeleteKMSKeyParams{Region: region, ID: id})
	})
}

func materialOf(r db.KmsMaterial) (kms.Material, error) {
	return kms.Material{
		Scope: kms.Scope{Partition: r.Partition, Region: r.Region, Account: r.Account}, KeyID: r.KeyID, ID: r.ID, Sequence: r.Seq,
		State: kms.MaterialState(r.State), Wrapped: r.Wrapped, Print: r.Print, Description: r.Description,
		RotatedAt: restoredOrUnset(r.RotatedAt), Rotation: kms.RotationType(r.Rotation), ValidTo: restoredOrUnset(r.ValidTo),
	}, nil
}

func (t *kmsTx) Materials(region, keyID string) ([]kms.Material, error) {
	rows, err := t.queries.ListKMSMaterials(t.ctx, db.ListKMSMaterialsParams{Region: region, KeyID: keyID})
	return listed("list materials", rows, err, materialOf)
}

func (t *kmsTx) AllMaterials(after int64, limit int) ([]kms.Material, error) {
	rows, err := t.queries.AllKMSMaterials(t.ctx, db.AllKMSMaterialsParams{Seq: after, Limit: int64(limit)})
	return listed("list all materials", rows, err, materialOf)
}

func (t *kmsTx) InsertMaterial(m kms.Material) error {
	return t.write("insert material", func() error {
		return t.queries.InsertKMSMaterial(t.ctx, db.InsertKMSMaterialParams{
			Partition: m.Partition, Region: m.Region, Account: m.Account, KeyID: m.KeyID, ID: m.ID, State: string(m.State), Wrapped: m.Wrapped,
			Print: m.Print, Description: m.Description, RotatedAt: storedOrUnset(m.RotatedAt), Rotation: string(m.Rotation),
			ValidTo: storedOrUnset(m.ValidTo),
		})
	})
}

func (t *kmsTx) ReplaceMaterial(m kms.Material) error {
	return t.change("replace material", func() (int64, error) {
		return t.queries.ReplaceKMSMaterial(t.ctx, db.ReplaceKMSMaterialParams{
			State: string(m.State), Wrapped: m.Wrapped, Print: m.Print, Description: m.Description, RotatedAt: storedOrUnset(m.RotatedAt),
			Rotation: string(m.Rotation), ValidTo: storedOrUnset(m.ValidTo), Region: m.Region, KeyID: m.KeyID, ID: m.ID,
		})
	})
}
