package deployer

import (
	"fmt"
	"time"

	"github.com/decnet/decnet/pkg/network"
)

// attached is an interface of the host that deckies hang on.
type attached struct {
	link   *network.Link
	looked time.Time
	// arp keeps the cost of an ARP request from growing with the fleet; nil
	// where the kernel cannot.
	arp *network.UnicastARP
}

// lookAgain is how long an interface is taken to be as it was; a round of changes
// asks for it once for every decky.
const lookAgain = time.Second

// attach looks the interface up, as it is now, and prepares it at its first use.
func (n *Native) attach(name string) (*attached, error) {
	if at := n.links[name]; at != nil && time.Since(at.looked) < lookAgain {
		return at, nil
	}
	link, err := network.Detect(name)
	if err != nil {
		return nil, err
	}
	if !link.Up {
		return nil, fmt.Errorf("interface %s is down", link.Name)
	}
	at := n.links[link.Name]
	if at != nil && at.link.Index == link.Index {
		at.link, at.looked = link, time.Now()
		return at, nil
	}
	if at != nil && at.arp != nil { // of an interface of that name which is gone
		_ = at.arp.Close()
	}
	if n.attached != nil {
		n.attached(link.Name)
	}
	at = &attached{link: link, looked: time.Now()}
	n.links[link.Name] = at
	at.arp, err = network.NewUnicastARP(link)
	if err != nil {
		n.log.Warn("every ARP request costs as much as there are deckies", "interface", link.Name, "error", err)
	}
	return at, nil
}

// lookAnew has the interface looked up at its next use.
func (n *Native) lookAnew(name string) {
	if at := n.links[name]; at != nil {
		at.looked = time.Time{}
	}
}
