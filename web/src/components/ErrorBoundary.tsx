import { Component, type ErrorInfo, type ReactNode } from "react";
import { Failure } from "./Notice";

interface Props {
  children: ReactNode;
}

interface State {
  error: Error | undefined;
}

/** Keeps a fault in one view from taking the whole page down. */
export class ErrorBoundary extends Component<Props, State> {
  override state: State = { error: undefined };

  static getDerivedStateFromError(error: Error): State {
    return { error };
  }

  override componentDidCatch(error: Error, info: ErrorInfo) {
    console.error(error, info.componentStack);
  }

  override render() {
    if (!this.state.error) return this.props.children;
    const retry = () => this.setState({ error: undefined });
    return <Failure error={this.state.error} onRetry={retry} />;
  }
}
