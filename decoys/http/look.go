package http

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// A look is the words and markup of one login page.
type look struct {
	title, heading, hint, userLabel, passwordLabel, button, footer, refusal, realm string
	userName, passwordName, userType                                               string
	box, form, note                                                                string // class names
	indent                                                                         string
	css                                                                            []string
	labelsWrap, placeholders, charsetFirst                                         bool
}

func newLook(r *rand.Rand) look {
	product := one(r, "Staff Portal", "Service Desk", "Inventory", "Document Archive", "Time Tracking", "Purchasing",
		"Asset Register", "Reporting", "Customer Records", "Shift Planner", "Warehouse", "Project Office", "Quality Records",
		"Fleet Management", "Supplier Portal", "Field Service", "Billing", "Lab Results", "Maintenance", "Room Booking")
	verb := one(r, "Sign in", "Log in", "Login", "Sign In", "Log on")
	year := 2016 + r.IntN(10)
	l := look{
		title:         one(r, product+" - "+verb, verb+" | "+product, product, product+": "+verb),
		heading:       one(r, product, verb, verb+" to "+product, "Welcome to "+product),
		hint:          one(r, "", "For employees only.", "Use your network account.", "Please enter your user name and password.", "Access is logged."),
		userLabel:     one(r, "User name", "Username", "User", "Login", "E-mail address", "Account"),
		passwordLabel: one(r, "Password", "Password:", "Your password"),
		button:        one(r, verb, "Continue", "Submit", "OK"),
		footer: one(r, fmt.Sprintf("&copy; %d", year), fmt.Sprintf("Version %d.%d.%d", 1+r.IntN(7), r.IntN(15), r.IntN(30)),
			"Problems? Call the help desk.", fmt.Sprintf("Internal use only, %d", year), "Contact: extension "+fmt.Sprint(100+r.IntN(800))),
		refusal: one(r, "Invalid user name or password.", "Login failed.", "The credentials you entered are not valid.",
			"Wrong user name or password", "Sign in was not successful. Please try again.", "Access denied."),
		realm:        one(r, product, "Administration", "Restricted", product+" administration", "Authorized users only"),
		userName:     one(r, "username", "user", "login", "email", "userid"),
		passwordName: one(r, "password", "passwd", "pass", "pwd"),
		userType:     "text",
		box:          one(r, "box", "panel", "card", "wrap", "login", "container", "content"),
		form:         one(r, "form", "fields", "auth", "signin", "f"),
		note:         one(r, "msg", "error", "alert", "notice", "warn"),
		indent:       one(r, "  ", "\t", "    ", ""),
		labelsWrap:   r.IntN(2) == 0, placeholders: r.IntN(3) == 0, charsetFirst: r.IntN(2) == 0,
	}
	hue, light := r.IntN(360), 30+r.IntN(25)
	l.css = []string{
		fmt.Sprintf("body { font-family: %s; background: hsl(%d, %d%%, %d%%); margin: 0; }",
			one(r, "Arial, sans-serif", "Helvetica, Arial, sans-serif", "Verdana, sans-serif", "Tahoma, sans-serif", "'Segoe UI', sans-serif"),
			hue, 10+r.IntN(30), 90+r.IntN(8)),
		fmt.Sprintf(".%s { width: %dpx; margin: %dpx auto; padding: %dpx; background: #fff; border: 1px solid #%x; border-radius: %dpx; }",
			l.box, 280+10*r.IntN(16), 40+5*r.IntN(20), 12+2*r.IntN(12), 0xb0b0b0+r.IntN(0x30)*0x010101, r.IntN(9)),
		fmt.Sprintf("h1 { font-size: %d%%; color: hsl(%d, %d%%, %d%%); }", 110+10*r.IntN(7), hue, 30+r.IntN(50), light),
		fmt.Sprintf("input { width: %d%%; padding: %dpx; margin: %dpx 0; }", 92+r.IntN(8), 4+r.IntN(7), 2+r.IntN(8)),
		fmt.Sprintf("button { padding: %dpx %dpx; color: #fff; background: hsl(%d, 60%%, %d%%); border: 0; }", 5+r.IntN(6), 12+r.IntN(12), hue, light),
		fmt.Sprintf(".%s { color: #%x; }", l.note, 0xa00000+r.IntN(0x50)*0x010000),
		fmt.Sprintf("small { color: #%x; }", 0x606060+r.IntN(0x30)*0x010101),
	}
	r.Shuffle(len(l.css), func(i, j int) { l.css[i], l.css[j] = l.css[j], l.css[i] })
	return l
}

func one(r *rand.Rand, choices ...string) string { return choices[r.IntN(len(choices))] }

// render is the page, with message above the form if there is one.
func (l *look) render(message string) string {
	var b strings.Builder
	line := func(depth int, format string, args ...any) {
		b.WriteString(strings.Repeat(l.indent, depth))
		fmt.Fprintf(&b, format+"\n", args...)
	}
	line(0, "<!DOCTYPE html>")
	line(0, `<html lang="en">`)
	line(0, "<head>")
	if l.charsetFirst {
		line(1, `<meta charset="utf-8">`)
	}
	line(1, "<title>%s</title>", l.title)
	if !l.charsetFirst {
		line(1, `<meta charset="utf-8">`)
	}
	line(1, `<meta name="viewport" content="width=device-width, initial-scale=1">`)
	line(1, "<style>")
	for _, rule := range l.css {
		line(2, "%s", rule)
	}
	line(1, "</style>")
	line(0, "</head>")
	line(0, "<body>")
	line(1, `<div class="%s">`, l.box)
	line(2, "<h1>%s</h1>", l.heading)
	if l.hint != "" {
		line(2, "<p>%s</p>", l.hint)
	}
	if message != "" {
		line(2, `<p class="%s">%s</p>`, l.note, message)
	}
	line(2, `<form class="%s" method="post" action="/login">`, l.form)
	l.input(line, l.userLabel, l.userType, l.userName, " autofocus")
	l.input(line, l.passwordLabel, "password", l.passwordName, "")
	line(3, `<button type="submit">%s</button>`, l.button)
	line(2, "</form>")
	line(2, "<small>%s</small>", l.footer)
	line(1, "</div>")
	line(0, "</body>")
	line(0, "</html>")
	return b.String()
}

func (l *look) input(line func(int, string, ...any), label, kind, name, more string) {
	if l.placeholders {
		line(3, `<input type="%s" name="%s" placeholder="%s"%s>`, kind, name, label, more)
		return
	}
	if l.labelsWrap {
		line(3, `<label>%s <input type="%s" name="%s"%s></label>`, label, kind, name, more)
		return
	}
	line(3, `<label for="%s">%s</label>`, name, label)
	line(3, `<input type="%s" id="%s" name="%s"%s>`, kind, name, name, more)
}
