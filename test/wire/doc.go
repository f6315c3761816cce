// Package wire sends the whole product what no SDK would send: requests that break each constraint of the models, broken bodies, odd texts.
package wire
