package corpus

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/decnet/decnet/decoys/decoytest/twin"
)

// sendRaw is a step that sends bytes as they are.
func sendRaw(b []byte) func(context.Context, *twin.Wire) error {
	return func(_ context.Context, w *twin.Wire) error { return w.Send(b) }
}

func sortByName(all []twin.Dialogue) {
	slices.SortFunc(all, func(a, b twin.Dialogue) int { return cmp.Compare(a.Name, b.Name) })
}

// script is a dialogue of a client that understands what it is told. What goes
// wrong with that is noted, as it may be the difference.
func script(name string, o *offer, f func(c *client) error) twin.Dialogue {
	return twin.Dialogue{Name: name, Patience: scriptPatience, Steps: []twin.Step{twin.Do("script", func(_ context.Context, w *twin.Wire) error {
		c := newClient(w, o)
		c.patience = w.Patience
		err := f(c)
		if err != nil {
			note := "the server went away"
			if !isOver(err) {
				note = err.Error()
			}
			w.Note("trouble", note)
		}
		// What comes now is heard by who understands it.
		w.Patience = c.patience / 5
		if late := c.listen(); len(late) > 0 {
			w.Note("at last", late...)
		}
		return nil
	})}}
}

// scriptPatience is long, as a group exchange takes its time.
const scriptPatience = 1500 * time.Millisecond

// keyed exchanges identifications and keys, then goes on.
func keyed(name string, o *offer, f func(c *client) error) twin.Dialogue {
	return script(name, o, func(c *client) error {
		if err := c.identify(); err != nil {
			return err
		}
		if _, err := c.exchange(); err != nil {
			return err
		}
		c.w.Patience = c.patience / 3
		return f(c)
	})
}

// serviced is keyed with the service ssh-userauth.
func serviced(name string, f func(c *client) error) twin.Dialogue {
	return keyed(name, usual(), func(c *client) error {
		if err := c.send(message(msgServiceRequest, "ssh-userauth")); err != nil {
			return err
		}
		if _, err := c.expect(msgServiceAccept); err != nil {
			return err
		}
		return f(c)
	})
}

// passwordTime is the most that a password takes.
const passwordTime = 8 * time.Second

// authed is serviced and logged in. Host keys are announced then; that is heard.
func authed(name string, f func(c *client) error) twin.Dialogue {
	d := serviced(name, func(c *client) error {
		c.w.Patience = passwordTime
		defer func() { c.w.Patience = c.patience / 3 }()
		if err := c.send(message(msgUserauth, User, "ssh-connection", "password", false, Password)); err != nil {
			return err
		}
		if _, err := c.expect(msgUserauthOK); err != nil {
			return err
		}
		c.w.Patience = c.patience / 5
		c.listen() // of host keys
		c.w.Patience = c.patience / 3
		return f(c)
	})
	d.Runs = 8 // which of a command's exit, its output and its end is told first is a race
	return d
}

// sayAll says one thing after another.
func sayAll(payloads ...[]byte) func(c *client) error {
	return func(c *client) error {
		for _, p := range payloads {
			if err := c.say("message", p); err != nil {
				return err
			}
		}
		return nil
	}
}
