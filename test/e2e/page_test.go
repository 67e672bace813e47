package e2e_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"github.com/decnet/decnet/cmd/decnet/instance"
)

// dashboard is a real browser that has logged in.
type dashboard struct {
	*testing.T
	ctx  context.Context
	base string
}

func openDashboard(t *testing.T, i *instance.Instance) *dashboard {
	t.Helper()
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.NoSandbox, chromedp.DisableGPU, chromedp.ExecPath("chromium"), chromedp.UserDataDir(t.TempDir()),
		chromedp.Flag("disable-background-networking", true), chromedp.Flag("disable-component-update", true),
		chromedp.Flag("disable-sync", true), chromedp.Flag("disable-quic", true), chromedp.WindowSize(1400, 1000),
	)
	actx, stopBrowser := chromedp.NewExecAllocator(context.Background(), options...)
	ctx, closeTab := chromedp.NewContext(actx)
	t.Cleanup(func() { closeTab(); stopBrowser() })
	d := &dashboard{T: t, ctx: ctx, base: i.URL}
	// The browser lives as long as the context of the first call does.
	if err := chromedp.Do(ctx); err != nil {
		t.Fatalf("start the browser: %v", err)
	}
	password, err := i.Password()
	if err != nil {
		t.Fatal(err)
	}
	d.do(
		chromedp.Navigate(d.base+"/"),
		chromedp.WaitVisible(`input[type=password]`),
		chromedp.SendKeys(`input[type=password]`, password+"\r"),
		chromedp.WaitNotPresent(`input[type=password]`),
	)
	return d
}

func (d *dashboard) do(actions ...chromedp.Action[chromedp.Void]) {
	d.Helper()
	ctx, cancel := context.WithTimeout(d.ctx, 60*time.Second)
	defer cancel()
	if err := chromedp.Do(ctx, actions...); err != nil {
		d.Fatalf("browser: %v", err)
	}
}

func (d *dashboard) open(path string) {
	d.Helper()
	d.do(chromedp.Navigate(d.base + path))
}

// shows waits until the page's text holds every piece.
func (d *dashboard) shows(within time.Duration, pieces ...string) {
	d.Helper()
	missing := pieces
	begin := time.Now()
	for len(missing) > 0 {
		text, err := chromedp.Run(d.ctx, chromedp.Evaluate[string](`document.body.innerText`))
		if err != nil {
			d.Fatalf("browser: %v", err)
		}
		// Line breaks are the layout's; what is shown side by side may be cells.
		flat := strings.Join(strings.Fields(text), " ")
		missing = nil
		for _, p := range pieces {
			if !strings.Contains(flat, p) {
				missing = append(missing, p)
			}
		}
		if len(missing) > 0 && time.Since(begin) > within {
			d.Fatalf("the page does not show %q within %v; it shows:\n%s", missing, within, text)
		}
	}
	d.Logf("after %d ms: the page shows %q", time.Since(begin).Milliseconds(), pieces)
}
