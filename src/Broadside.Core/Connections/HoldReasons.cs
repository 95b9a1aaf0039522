namespace Broadside.Connections;

/// <summary>Why a connection does not receive: each reason is taken back by whoever gave it.</summary>
[Flags]
internal enum HoldReasons : byte
{
    None = 0,

    /// <summary>Records were left unread.</summary>
    Unread = 1,

    /// <summary>The application asked for it.</summary>
    Asked = 2,

    /// <summary>The connection is closing.</summary>
    Closing = 4,
}
