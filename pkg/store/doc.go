// Package store keeps what happened: events come in as batches from the
// ingester and profiles from the profiler; pages of events, attackers,
// credentials, bounties, users and login sessions go out to the profiler and the
// API.
//
// # Usage
//
//	s, err := store.Open(ctx, store.Config{Path: "decnet.db", BusyTimeout: 5 * time.Second})
//	done, err := s.Ingest(ctx, batch)                  // durable once it returns
//	page, next, err := s.Events.List(ctx, store.EventQuery{Service: "ssh", Limit: 100})
//
// A Store is safe for concurrent use. Its repositories are concrete; consumers
// declare the one or two methods they need.
//
// # What is promised
//
// Ingest stores a batch completely or not at all, and what it acknowledged
// survives a power cut. An event is stored once, by its id, however often it is
// handed over. The events of one attacker are numbered 1, 2, 3 ... in the order
// they were stored.
//
// # Values
//
// Times are kept to the nanosecond as a signed 64-bit count since 1970, UTC, so
// the years 1678 to 2261 can be stored; Check refuses others.
//
// Strings come from attackers and may hold any bytes. Each byte that is not part
// of valid UTF-8 becomes U+FFFD. Names and values of event fields otherwise keep
// every character, NUL included, since they are stored as JSON; in all other
// strings NUL becomes U+FFFD too, because PostgreSQL cannot store it. The exact
// bytes remain in the raw log stream and, for secrets, in their base64 field.
// Ingest returns events as they are stored.
//
// # Errors
//
// Errors that a person can act on are a decnet.Error. Unavailable tells an error
// of the database from one of the request: wait and call again, drop nothing.
//
// # Speed
//
//	go test -run '^$' -bench . -benchtime 3s .
//
// On two cores that other work kept busy, this command stored, durably, 600 to
// 1,200 events/s one by one, 3,600 to 4,500 in batches of 10, 8,000 to 9,800 in
// batches of 100 and 12,000 to 17,000 in batches of 1000; of 100,000 events it read
// a page of 100 in 0.1 to 3.4 ms and 1000 of a timeline in 6 ms.
//
// # Databases
//
// SQLite for one machine, PostgreSQL for many. What is particular to one of them is
// in the files that begin with its name and in its folder of migrations, a few words
// of SQL in dialect.go; every other query runs on both unchanged, and storetest holds
// both to the same behaviour. PostgreSQL stores events with COPY in partitions of a
// week each; see docs/adr/0011.
package store
