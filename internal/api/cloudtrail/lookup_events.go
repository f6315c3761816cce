package cloudtrail

import (
	"context"
	"slices"
	"strconv"
	"time"

	"merlon.dev/merlon/internal/audit/lookup"
	"merlon.dev/merlon/internal/codec"
	"merlon.dev/merlon/internal/operation"
	"merlon.dev/merlon/internal/pagination"
	wire "merlon.dev/merlon/internal/wire/cloudtrail"
)

const (
	// maxEvents is the largest page, and the one that is given without a size.
	maxEvents = 50
	// lookupTime is how far back events can be looked up.
	lookupTime = 90 * 24 * time.Hour
)

func (s service) lookupEvents() operation.Operation {
	op := define(wire.LookupEvents, operation.Read, everything[*wire.LookupEventsRequest],
		func(ctx context.Context, call *operation.Call, in *wire.LookupEventsRequest) (*wire.LookupEventsResponse, error) {
			q := lookup.Query{Account: call.Account, Region: call.Region, Limit: maxEvents, To: s.Now(), From: s.Now().Add(-lookupTime)}
			list := pagination.List{Account: call.Account, Region: call.Region, Operation: "LookupEvents"}
			if len(in.LookupAttributes) == 1 {
				a := in.LookupAttributes[0]
				q.Attribute, q.Value = lookup.Attribute(*a.AttributeKey), text(a.AttributeValue)
			}
			list.Query = []string{string(q.Attribute), q.Value, span(in.StartTime), span(in.EndTime)}
			if in.StartTime != nil && in.StartTime.After(q.From) {
				q.From = *in.StartTime
			}
			if in.EndTime != nil {
				q.To = *in.EndTime
			}
			if in.MaxResults != nil {
				q.Limit = int(*in.MaxResults)
			}
			if in.EventCategory != nil { // insight events, of which there are none
				return &wire.LookupEventsResponse{Events: []wire.Event{}}, nil
			}
			before, err := s.Pages.Open(list, text(in.NextToken))
			if err != nil {
				return nil, invalid("InvalidNextTokenException", "Invalid Token provided.")
			}
			q.Before = uint64(before)
			found, next, err := s.Events.Lookup(ctx, q)
			if err != nil {
				return nil, err
			}
			out := &wire.LookupEventsResponse{Events: make([]wire.Event, len(found))}
			for i, e := range found {
				out.Events[i] = eventOf(e)
			}
			if next > 0 {
				out.NextToken = new(s.Pages.Seal(list, int64(next)))
			}
			return out, nil
		})
	op.Precheck = precheckLookup
	return op
}

// precheckLookup gives the codes that the service has of its own for what the model would refuse as well.
func precheckLookup(in codec.Shape) error {
	r, ok := in.(*wire.LookupEventsRequest)
	switch {
	case !ok:
		return nil
	case r.MaxResults != nil && (*r.MaxResults < 1 || *r.MaxResults > maxEvents):
		return invalid("InvalidMaxResultsException", "A maximum results value between 1 and %d must be specified.", maxEvents)
	case len(r.LookupAttributes) > 1:
		return invalid("InvalidLookupAttributesException", "You can specify only one lookup attribute.")
	case r.StartTime != nil && r.EndTime != nil && r.EndTime.Before(*r.StartTime):
		return invalid("InvalidTimeRangeException", "End time cannot be before start time.")
	case r.EventCategory != nil && *r.EventCategory != wire.EventCategoryInsight:
		return invalid("InvalidEventCategoryException", "The event category is not valid: use insight, or leave it out.")
	}
	for _, a := range r.LookupAttributes {
		if a.AttributeKey == nil || !slices.Contains(attributes(), lookup.Attribute(*a.AttributeKey)) || text(a.AttributeValue) == "" {
			return invalid("InvalidLookupAttributesException", "The lookup attribute is not valid.")
		}
	}
	return nil
}

func attributes() []lookup.Attribute {
	return []lookup.Attribute{
		lookup.EventID, lookup.EventName, lookup.ReadOnly, lookup.Username, lookup.ResourceType, lookup.ResourceName, lookup.EventSource, lookup.AccessKeyID,
	}
}

func span(t *time.Time) string {
	if t == nil {
		return ""
	}
	return t.UTC().Format(time.RFC3339Nano)
}

func eventOf(e lookup.Event) wire.Event {
	out := wire.Event{
		EventId: &e.ID, EventName: &e.Name, ReadOnly: new(strconv.FormatBool(e.ReadOnly)), AccessKeyId: optional(e.AccessKeyID), EventTime: &e.Time,
		EventSource: &e.Source, Username: optional(e.Username), Resources: []wire.Resource{}, CloudTrailEvent: &e.Record,
	}
	for _, r := range e.Resources {
		out.Resources = append(out.Resources, wire.Resource{ResourceType: optional(r.Type), ResourceName: &r.Name})
	}
	return out
}
