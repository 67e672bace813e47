package instance

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"
)

// Client talks to an API.
type Client struct {
	base  string
	token string
	http  *http.Client
}

// NewClient is one of the API at url, such as http://127.0.0.1:8080, without a login.
func NewClient(url string) *Client {
	return &Client{base: url + "/api/v1", http: &http.Client{Transport: &http.Transport{}}}
}

// Close ends connections that nobody uses.
func (c *Client) Close() { c.http.CloseIdleConnections() }

// Login gets the token that all further requests show.
func (c *Client) Login(ctx context.Context, name, password string) error {
	var out struct {
		AccessToken string `json:"access_token"`
	}
	err := c.Do(ctx, http.MethodPost, "/auth/login", map[string]string{"username": name, "password": password}, &out)
	c.token = out.AccessToken
	return err
}

// Get decodes the JSON at path, below /api/v1, into out.
func (c *Client) Get(ctx context.Context, path string, out any) error {
	return c.Do(ctx, http.MethodGet, path, nil, out)
}

// Do sends body as JSON, if there is one, and decodes the answer into out. An
// answer that is no success is an error with its text.
func (c *Client) Do(ctx context.Context, method, path string, body, out any) error {
	ctx, cancel := context.WithTimeout(ctx, 15*time.Second)
	defer cancel()
	var in io.Reader = http.NoBody
	if body != nil {
		data, err := json.Marshal(body)
		if err != nil {
			return err
		}
		in = bytes.NewReader(data)
	}
	res, err := c.send(ctx, method, path, in)
	if err != nil {
		return err
	}
	defer func() { _ = res.Body.Close() }()
	data, err := io.ReadAll(res.Body)
	if err != nil {
		return err
	}
	if res.StatusCode >= 300 {
		return fmt.Errorf("%s %s: %s: %s", method, path, res.Status, data)
	}
	if out == nil {
		return nil
	}
	return json.Unmarshal(data, out)
}

func (c *Client) send(ctx context.Context, method, path string, in io.Reader) (*http.Response, error) {
	req, err := http.NewRequestWithContext(ctx, method, c.base+path, in)
	if err != nil {
		return nil, err
	}
	req.Header.Set("Content-Type", "application/json")
	if c.token != "" {
		req.Header.Set("Authorization", "Bearer "+c.token)
	}
	return c.http.Do(req)
}

// Stream calls handle for every message of the live stream until ctx is done,
// and connected once it is sure that nothing from then on is missed.
func (c *Client) Stream(ctx context.Context, connected func(), handle func(event string, data []byte)) error {
	res, err := c.send(ctx, http.MethodGet, "/stream", http.NoBody)
	if err != nil {
		return err
	}
	defer func() { _ = res.Body.Close() }()
	if res.StatusCode != http.StatusOK {
		return fmt.Errorf("stream: %s", res.Status)
	}
	event := ""
	lines := bufio.NewScanner(res.Body)
	lines.Buffer(make([]byte, 64<<10), 4<<20)
	for lines.Scan() {
		switch field, value, _ := strings.Cut(lines.Text(), ": "); field {
		case "event":
			event = value
		case "data":
			handle(event, []byte(value))
		case "":
			if value == "connected" {
				connected()
			}
		}
	}
	if ctx.Err() != nil {
		return nil
	}
	return lines.Err()
}
