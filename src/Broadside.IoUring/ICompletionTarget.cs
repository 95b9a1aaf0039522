using Broadside.IoUring.Interop;

namespace Broadside.IoUring;

/// <summary>Who deals with an operation's completions.</summary>
internal interface ICompletionTarget
{
    void OnCompletion(OperationKind kind, in CompletionEntry completion);
}
