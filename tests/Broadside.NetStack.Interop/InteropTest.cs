using Broadside.NetStack.Interop.Harness;

namespace Broadside.NetStack.Interop;

/// <summary>Tests over links to the kernel.</summary>
public abstract class InteropTest : IDisposable
{
    private readonly List<InteropLink> _links = [];

    public void Dispose()
    {
        _links.ForEach(link => link.Dispose());
        GC.SuppressFinalize(this);
    }

    /// <summary>A link for the test.</summary>
    internal InteropLink Open(LinkOptions options)
    {
        Requirement.Tun();
        var link = new InteropLink(options);
        _links.Add(link);
        return link;
    }
}
