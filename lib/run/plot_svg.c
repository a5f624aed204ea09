#include "plot_parts.h"
struct sk_plot_svg *sk_plot_svg_new(void){return 0;}
void sk_plot_svg_free(struct sk_plot_svg *svg){(void)svg;}
void sk_plot_svg_panel(struct sk_plot *plot, const struct sk_plot_panel *panel){(void)plot;(void)panel;}
void sk_plot_svg_finish(struct sk_plot *plot){(void)plot;}
