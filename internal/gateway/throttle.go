package gateway

import "merlon.dev/merlon/internal/fault"

// throttle holds each account and Region to the operation's rate. The text is AWS's.
func (g *Gateway) throttle(x *exchange) error {
	if x.entry.requests == nil || x.entry.requests.Allow(x.call.Account+"/"+x.call.Region, 1) {
		return nil
	}
	return fault.New(fault.Throttled, "%s requestId: %s got throttled for the accountId: %s", x.entry.schema.Name, x.id, x.call.Account)
}
