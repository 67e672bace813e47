import { Link } from "wouter";
import { Empty } from "../components/Notice";
import { useTitle } from "../lib/title";

export function NotFoundView() {
  useTitle("Not found");
  return (
    <div className="page">
      <h1 className="sr-only">Not found</h1>
      <Empty title="There is no such page.">
        <p>
          <Link href="/">Go to the overview</Link>
        </p>
      </Empty>
    </div>
  );
}
