namespace Broadside.Testing;

/// <summary>Something on a channel with callbacks due: they are made in the channel's next round.</summary>
internal interface IReady
{
    /// <summary>Whether it waits for the next round already.</summary>
    bool IsReady { get; set; }

    /// <summary>Makes the callbacks.</summary>
    void Dispatch();
}
