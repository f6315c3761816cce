package cloudtrail

import (
	"context"

	"merlon.dev/merlon/internal/audit/trail"
	"merlon.dev/merlon/internal/operation"
	wire "merlon.dev/merlon/internal/wire/cloudtrail"
)

func (s service) putEventSelectors() operation.Operation {
	return define(wire.PutEventSelectors, operation.Write,
		func(call *operation.Call, in *wire.PutEventSelectorsRequest) []string {
			return named(call, in.TrailName)
		},
		func(ctx context.Context, call *operation.Call, in *wire.PutEventSelectorsRequest) (*wire.PutEventSelectorsResponse, error) {
			t, err := s.Trails.Select(ctx, scopeOf(call), text(in.TrailName), basicOf(in.EventSelectors), advancedOf(in.AdvancedEventSelectors))
			if err != nil {
				return nil, err
			}
			return &wire.PutEventSelectorsResponse{TrailARN: new(t.ARN()), EventSelectors: basic(t.Basic), AdvancedEventSelectors: advanced(t.Advanced)}, nil
		})
}

func (s service) getEventSelectors() operation.Operation {
	return define(wire.GetEventSelectors, operation.Read,
		func(call *operation.Call, in *wire.GetEventSelectorsRequest) []string {
			return named(call, in.TrailName)
		},
		func(ctx context.Context, call *operation.Call, in *wire.GetEventSelectorsRequest) (*wire.GetEventSelectorsResponse, error) {
			t, err := s.Trails.Get(ctx, scopeOf(call), text(in.TrailName))
			if err != nil {
				return nil, err
			}
			return &wire.GetEventSelectorsResponse{TrailARN: new(t.ARN()), EventSelectors: basic(t.Basic), AdvancedEventSelectors: advanced(t.Advanced)}, nil
		})
}

func basicOf(in []wire.EventSelector) (selectors []trail.Selector) {
	for _, one := range in {
		// AWS takes management events unless it is told not to.
		s := trail.Selector{Management: one.IncludeManagementEvents == nil || *one.IncludeManagementEvents, ExcludedSources: one.ExcludeManagementEventSources}
		if one.ReadWriteType != nil {
			s.Effects = trail.Effects(*one.ReadWriteType)
		}
		for _, d := range one.DataResources {
			s.Data = append(s.Data, trail.DataResources{Type: text(d.Type), Values: d.Values})
		}
		selectors = append(selectors, s)
	}
	return selectors
}

func basic(in []trail.Selector) (selectors []wire.EventSelector) {
	for _, one := range in {
		s := wire.EventSelector{
			ReadWriteType: new(wire.ReadWriteType(one.Effects)), IncludeManagementEvents: &one.Management,
			DataResources: []wire.DataResource{}, ExcludeManagementEventSources: append([]string{}, one.ExcludedSources...),
		}
		for _, d := range one.Data {
			s.DataResources = append(s.DataResources, wire.DataResource{Type: &d.Type, Values: d.Values})
		}
		selectors = append(selectors, s)
	}
	return selectors
}

func advancedOf(in []wire.AdvancedEventSelector) (selectors []trail.AdvancedSelector) {
	for _, one := range in {
		s := trail.AdvancedSelector{Name: text(one.Name)}
		for _, f := range one.FieldSelectors {
			s.Fields = append(s.Fields, trail.FieldSelector{
				Field: text(f.Field), Equals: f.Equals, StartsWith: f.StartsWith, EndsWith: f.EndsWith,
				NotEquals: f.NotEquals, NotStartsWith: f.NotStartsWith, NotEndsWith: f.NotEndsWith,
			})
		}
		selectors = append(selectors, s)
	}
	return selectors
}

func advanced(in []trail.AdvancedSelector) (selectors []wire.AdvancedEventSelector) {
	for _, one := range in {
		s := wire.AdvancedEventSelector{Name: optional(one.Name)}
		for _, f := range one.Fields {
			s.FieldSelectors = append(s.FieldSelectors, wire.AdvancedFieldSelector{
				Field: &f.Field, Equals: f.Equals, StartsWith: f.StartsWith, EndsWith: f.EndsWith,
				NotEquals: f.NotEquals, NotStartsWith: f.NotStartsWith, NotEndsWith: f.NotEndsWith,
			})
		}
		selectors = append(selectors, s)
	}
	return selectors
}
