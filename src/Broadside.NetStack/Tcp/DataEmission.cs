namespace Broadside.NetStack.Tcp;

/// <summary>How far sending a connection's data has come.</summary>
internal enum DataEmission : byte
{
    /// <summary>Nothing more may be sent now.</summary>
    Done,

    /// <summary>Its share of the burst is used up.</summary>
    More,

    /// <summary>The device has no room.</summary>
    NoRoom,
}
