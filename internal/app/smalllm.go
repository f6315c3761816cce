package app

import (
	"runtime"
	"slices"

	"merlon.dev/merlon/internal/model"
	"merlon.dev/merlon/internal/nn"
	"merlon.dev/merlon/internal/provider/local"
	weights "merlon.dev/merlon/models"
)

// smallLM is the model that every server has without being told: small enough for the binary, so that all that calls a model works offline.
const smallLM = "merlon.small-lm-v1"

// withSmallLM adds the model to those of the configuration, unless that has its id for another one.
func (m *models) withSmallLM(entries []model.Entry) ([]model.Entry, error) {
	if slices.ContainsFunc(entries, func(e model.Entry) bool { return e.ID == smallLM }) {
		return entries, nil
	}
	folder, err := weights.Sealed(weights.SmallLM)
	if err != nil {
		return nil, err
	}
	if err := m.hire(); err != nil {
		return nil, err
	}
	p, err := local.New(local.Config{Folder: folder, Pool: m.workers, Int8: true})
	if err != nil {
		return nil, err
	}
	m.providers = append(m.providers, p)
	return append(entries, model.Entry{ID: smallLM, Name: "Merlon Small LM", Provider: p}), nil
}

// hire makes the workers that local models compute on.
func (m *models) hire() (err error) {
	if m.workers == nil {
		m.workers, err = nn.NewPool(runtime.GOMAXPROCS(0))
	}
	return err
}
