`include "pim_assert.svh"
// The way through the die: what enters comes out `Stages` cycles later.
module pim_die_hop #(
    parameter int Width  = 8,
    parameter int Stages = 2
) (
    input  logic             clk_i,
    input  logic             rst_ni,
    input  logic             advance_i,
    input  logic             valid_i,
    input  logic [Width-1:0] data_i,
    output logic             valid_o,
    output logic [Width-1:0] data_o
);
  logic [Stages-1:0] valid_q;
  logic [Stages*Width-1:0] data_q;  // the youngest lowest

  assign valid_o = valid_q[Stages-1];
  assign data_o  = data_q[(Stages-1)*Width+:Width];

  for (genvar s = 0; s < Stages; s++) begin : gen_stage
    always_ff @(posedge clk_i or negedge rst_ni) begin
      if (!rst_ni) begin
        valid_q[s]               <= 1'b0;
        data_q[s*Width+:Width] <= '0;
      end else if (advance_i) begin
        valid_q[s] <= s == 0 ? valid_i : valid_q[s==0?0 : s-1];
        if (s == 0 ? valid_i : valid_q[s==0?0 : s-1]) begin
          data_q[s*Width+:Width] <= s == 0 ? data_i : data_q[(s==0?0 : s-1)*Width+:Width];
        end
      end
    end
  end

`ifdef PIM_ASSERTIONS
  Waits: assert property (@(posedge clk_i) disable iff (!rst_ni)
      valid_o && !advance_i |=> valid_o && $stable(data_o));
`endif
endmodule
