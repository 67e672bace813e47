import { useEffect, useState } from "react";
import { Icon } from "./Icon";

interface Props {
  /** Never an attacker's text: pasted into a terminal it would act. */
  text: string;
  label: string;
}

export function CopyButton({ text, label }: Props) {
  const [copied, setCopied] = useState<boolean>();

  useEffect(() => {
    if (copied === undefined) return;
    const timer = setTimeout(() => setCopied(undefined), 1500);
    return () => clearTimeout(timer);
  }, [copied]);

  const copy = () =>
    copyText(text).then(
      () => setCopied(true),
      () => setCopied(false),
    );

  return (
    <button type="button" className="icon-button copy" onClick={copy} title={label}>
      <Icon name={copied ? "check" : "copy"} />
      <span className="sr-only">{label}</span>
      <span className="sr-only" role="status">
        {copied === true && "Copied"}
        {copied === false && "Copying failed"}
      </span>
    </button>
  );
}

/** The clipboard API exists on HTTPS and localhost only; a dashboard on a LAN address has neither. */
async function copyText(text: string): Promise<void> {
  if (navigator.clipboard) return navigator.clipboard.writeText(text);
  const area = document.createElement("textarea");
  area.value = text;
  area.className = "sr-only";
  document.body.append(area);
  area.select();
  const done = document.execCommand("copy");
  area.remove();
  if (!done) throw new Error("copying was refused");
}
