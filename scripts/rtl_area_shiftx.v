// A part-select of a wide vector for yosys' techmap: the upper half or the lower half of what is left, bit by bit of the
// index from the highest. yosys' own shifts the whole vector in each step, which for the crossbars of BRAM is gigabytes
// of gates to remove again. An index beyond the vector reads an undefined value, so its upper bits need no look.
(* techmap_celltype = "$shiftx" *)
module pim_area_shiftx #(
    parameter A_SIGNED = 0,
    parameter B_SIGNED = 0,
    parameter A_WIDTH = 1,
    parameter B_WIDTH = 1,
    parameter Y_WIDTH = 1
) (
    input  [A_WIDTH-1:0] A,
    input  [B_WIDTH-1:0] B,
    output [Y_WIDTH-1:0] Y
);
  localparam Useful = $clog2(A_WIDTH);
  localparam Bits = B_WIDTH < Useful ? B_WIDTH : Useful;
  localparam Total = (1 << Bits) + Y_WIDTH;
  genvar i;
  generate
    if (Bits == 0) begin : none
      assign Y = A;
    end else begin : all
      for (i = Bits; i >= 0; i = i - 1) begin : step
        wire [(1 << i)+Y_WIDTH-1:0] left;
        if (i == Bits) begin : first
          assign left = {{Total{1'bx}}, A};
        end else begin : next
          assign left = B[i] ? step[i+1].left[(1<<i)+:(1<<i)+Y_WIDTH] : step[i+1].left[0+:(1<<i)+Y_WIDTH];
        end
      end
      assign Y = step[0].left[Y_WIDTH-1:0];
    end
  endgenerate
endmodule
