namespace Broadside.Cli;

/// <summary>What the tool's exit codes mean. They are public: see docs/operations.md.</summary>
internal static class ExitCodes
{
    /// <summary>What was asked for was done; for what runs until it is told to stop: it was told to.</summary>
    public const int Success = 0;

    /// <summary>It failed: the server answered with an error, the connection was lost, a file cannot be read.</summary>
    public const int Failure = 1;

    /// <summary>The command line is wrong, or its options contradict each other.</summary>
    public const int Usage = 2;

    /// <summary>An endpoint cannot be bound: it is in use, not this machine's, or not allowed.</summary>
    public const int CannotBind = 3;

    /// <summary>The server cannot be reached: nobody listens there, or nobody answers.</summary>
    public const int CannotConnect = 4;

    /// <summary>The server wants a password, or another one.</summary>
    public const int NotAuthenticated = 5;

    /// <summary>A second signal ended the relay before it had drained.</summary>
    public const int Aborted = 6;
}
